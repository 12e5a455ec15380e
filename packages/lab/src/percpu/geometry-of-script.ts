/** From the configuration line of an operation script to an allocator. */

import type { PercpuScriptConfig } from "@ebb/formats";
import {
  createPercpu,
  embeddedGeometry,
  explicitGeometry,
  explicitGeometryFault,
  type Geometry,
  type Percpu,
  type PercpuPolicy,
} from "@ebb/model";

const MAX_CPUS = 8192;

/** The geometry asked for, or what is wrong with it in words. */
export function geometryOfScript(config: PercpuScriptConfig): Geometry | string {
  if (config.form === "embed") {
    if (config.cpus < 1 || config.cpus > MAX_CPUS) return `cpus must be 1 to ${MAX_CPUS}`;
    if (config.nodes < 1 || config.nodes > config.cpus) return "nodes must be 1 to the number of cpus";
    if (config.staticBytes < 1) return "static must be positive";
    return embeddedGeometry(config.cpus, config.nodes, config.staticBytes);
  }
  const explicit = {
    nrUnits: config.units,
    unitBytes: config.unitBytes,
    staticBytes: config.staticBytes,
    reservedBytes: config.reservedBytes,
    dynamicBytes: config.dynamicBytes,
    atomBytes: config.atomBytes,
  };
  const fault = explicitGeometryFault(explicit);
  return fault === "" ? explicitGeometry(explicit) : fault;
}

/** The allocator of a script, at boot. */
export function percpuOfScript(geometry: Geometry, config: PercpuScriptConfig, policy: PercpuPolicy): Percpu {
  return createPercpu({ geometry, policy, nrKinds: config.kinds, emptyCount: config.empty });
}
