// Tells the schema library not to probe for eval, which the page's policy forbids and would report. Imported first.
import { config } from "zod";

config({ jitless: true });
