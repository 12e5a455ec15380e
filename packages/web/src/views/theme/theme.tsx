/** Light or dark: as the system has it until the reader chooses, then as chosen. */

import { computed, effect, signal } from "@preact/signals";
import { type Palette, paletteOf, styleProperties, type ThemeName } from "./colours.ts";

const DARK_QUERY = "(prefers-color-scheme: dark)";

const systemIsDark = signal(false);
const chosen = signal<ThemeName | undefined>(undefined);

const themeName = computed<ThemeName>(() => chosen.value ?? (systemIsDark.value ? "dark" : "light"));
export const palette = computed<Palette>(() => paletteOf(themeName.value));

/** Follows the system's setting and hands the colours to the style sheet. Call once, before the first render. */
export function startTheme(): void {
  const query = window.matchMedia(DARK_QUERY);
  systemIsDark.value = query.matches;
  query.addEventListener("change", () => {
    systemIsDark.value = query.matches;
  });
  effect(() => {
    const { style } = document.documentElement;
    for (const [property, value] of styleProperties(palette.value)) style.setProperty(property, value);
    style.setProperty("color-scheme", themeName.value);
  });
}

function chooseTheme(theme: ThemeName): void {
  chosen.value = theme;
}

export function ThemeToggle() {
  const next: ThemeName = themeName.value === "dark" ? "light" : "dark";
  return (
    <button type="button" class="ebb-button" onClick={() => chooseTheme(next)}>
      {next === "dark" ? "Dark" : "Light"} colours
    </button>
  );
}
