// Verdicts for the tracks in sight: asked a moment after the window stands still, remembered by the geometry they are of.
import { useEffect, useState } from "react";
import type { FaceTrack, Project } from "../../shared/project/index.ts";
import { useOperations } from "../connection/core-context.tsx";
import { notifyOfRead } from "../state/notices.ts";
import type { VerdictRun, Verdicts } from "./lane-pieces.ts";

const settleMs = 60;
/** The contract's limit of one question. */
const mostAtOnce = 500;
const mostKept = 5000;

const none: Verdicts = new Map();

type Known = { readonly limits: Project["eligibilityLimits"]; readonly byGeometry: Verdicts };

/** `limits` are the project's: with others all is asked anew. */
export function useVerdicts(wanted: readonly FaceTrack[], limits: Project["eligibilityLimits"]): Verdicts {
  const operations = useOperations();
  const [known, setKnown] = useState<Known>({ limits, byGeometry: none });
  const verdicts = known.limits === limits ? known.byGeometry : none;
  const missing = wanted.filter(({ geometrySha256 }) => !verdicts.has(geometrySha256)).slice(0, mostAtOnce);
  const question = missing.map(({ id }) => id).join(" ");
  useEffect(() => {
    if (question === "") return undefined;
    const leaving = new AbortController();
    const timer = setTimeout(() => {
      operations["faces.verdicts"]({ trackIds: missing.map(({ id }) => id) }, { signal: leaving.signal })
        .then(({ tracks }) => {
          const runsById = new Map(tracks.map(({ trackId, runs }) => [trackId, runs]));
          setKnown((before) => ({ limits, byGeometry: withAnswers(before, { limits, missing, runsById }) }));
        })
        .catch((error: unknown) => {
          if (!leaving.signal.aborted) notifyOfRead(error);
        });
    }, settleMs);
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
    // `question` names what is missing; the list itself is another one with every drawing.
  }, [operations, question, limits]);
  return verdicts;
}

type Answers = {
  readonly limits: Project["eligibilityLimits"];
  readonly missing: readonly FaceTrack[];
  readonly runsById: ReadonlyMap<string, readonly VerdictRun[]>;
};

/** The oldest go when there are too many. A track without an answer was removed meanwhile. */
function withAnswers(before: Known, { limits, missing, runsById }: Answers): Verdicts {
  const kept = before.limits === limits ? [...before.byGeometry] : [];
  const answered = missing.map(({ id, geometrySha256 }) => [geometrySha256, runsById.get(id) ?? []] as const);
  return new Map([...kept, ...answered].slice(-mostKept));
}
