// Names of the desktop bridge's channels: what the preload script may ask of the shell. Nothing else is listened to.
export const channels = {
  /** Asks for a fresh connection to the core; the port follows on `port`. */
  connect: "dubwright:connect",
  port: "dubwright:port",
  chooseMedia: "dubwright:choose-media",
  chooseFolder: "dubwright:choose-folder",
} as const;
