/** Debian's Chromium, as whatever drives the page starts it. */
export declare const CHROMIUM = "/usr/bin/chromium";
/** Nothing may reach the network, and software draws. */
export declare const BROWSER_ARGUMENTS: readonly string[];
