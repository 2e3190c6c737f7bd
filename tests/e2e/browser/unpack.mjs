// Prints the path of a Chromium that needs no installation: a compressed one from an npm package.
import chromium from "@sparticuz/chromium";

console.log(await chromium.executablePath());
