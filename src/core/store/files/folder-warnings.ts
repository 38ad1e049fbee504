// Warns of folders in which databases come to harm: those a service synchronises, and those that lie on the network.
// A service copies the database without its write-ahead log; a network has neither its locks nor its shared memory.
import { statfs } from "node:fs/promises";

export type FolderWarning = {
  readonly code: "folder.synchronised" | "folder.network";
  readonly message: string;
};

// Names of folders, any one on the path, as the services make them on our three systems.
const synchronisedFolders: readonly (readonly [service: string, pattern: RegExp])[] = [
  ["Dropbox", /^dropbox( \(.+\)|-.+)?$/i],
  ["OneDrive", /^onedrive( - .+|-.+)?$/i],
  ["iCloud Drive", /^(com~apple~clouddocs|icloud ?drive|mobile documents)$/i],
  ["Google Drive", /^(google ?drive|my drive|googledrive-.+|drivefs)$/i],
  ["Box", /^box( sync|-box)?$/i],
  ["Nextcloud", /^nextcloud.*$/i],
  ["ownCloud", /^owncloud.*$/i],
  ["pCloud", /^pcloud ?(drive|sync)?$/i],
  ["MEGA", /^mega(sync)?( downloads)?$/i],
  ["Resilio Sync", /^resilio sync$/i],
  ["Syncthing", /^syncthing$/i],
  ["Seafile", /^seafile$/i],
  ["Creative Cloud", /^creative cloud files.*$/i],
  ["Baidu Netdisk", /^baidu(netdisk|syncdisk).*$/i],
  ["Nutstore", /^(nutstore|我的坚果云).*$/i],
];

// Linux: `f_type` of statfs(2), and of the file systems' own headers.
const networkFileSystems: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB 2"],
  [0x65735546, "FUSE"],
  [0x01021997, "9P"],
  [0x5346414f, "AFS"],
  [0x00c36400, "Ceph"],
  [0x786f4256, "a VirtualBox share"],
  [0x7c7c6673, "a Parallels share"],
]);

export type FolderPlace = {
  /** Absolute, with links resolved. */
  readonly path: string;
  readonly platform: string;
  /** From statfs; undefined where it tells nothing. */
  readonly fileSystemType: number | undefined;
};

export function folderWarnings({ path, platform, fileSystemType }: FolderPlace): readonly FolderWarning[] {
  const names = path.split(/[/\\]/);
  const service = synchronisedFolders.find(([, pattern]) => names.some((name) => pattern.test(name)))?.[0];
  const network = networkOf(path, platform, fileSystemType);
  const warnings: FolderWarning[] = [];
  if (service !== undefined)
    warnings.push({
      code: "folder.synchronised",
      message: `The project lies in a folder of ${service}. Synchronising copies an open project in pieces and can destroy it; keep it in a local folder and share backups or exports instead.`,
    });
  if (network !== undefined)
    warnings.push({
      code: "folder.network",
      message: `The project lies on ${network}, where databases can lose changes; keep it on a local disk.`,
    });
  return warnings;
}

function networkOf(path: string, platform: string, fileSystemType: number | undefined): string | undefined {
  if (platform === "win32") return /^[/\\]{2}[^?.]/.test(path) ? "a network share" : undefined;
  if (platform !== "linux" || fileSystemType === undefined) return undefined;
  // The kernel's 32 bits arrive signed on some machines.
  const name = networkFileSystems.get(fileSystemType >>> 0);
  return name === undefined ? undefined : `a network or virtual file system (${name})`;
}

/** The warnings for a folder that is there. */
export async function warnOfFolder(path: string): Promise<readonly FolderWarning[]> {
  const { type } = await statfs(path);
  return folderWarnings({ path, platform: process.platform, fileSystemType: type });
}
