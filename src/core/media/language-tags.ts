// BCP-47 tags to what containers hold: ISO 639-2/T codes for MP4, QuickTime's list for MOV, and names that players show.

/** Two-letter codes of ISO 639-1 with their three-letter terminology codes, "aa:aar". */
const threeLetterCodes = new Map(
  (
    "aa:aar ab:abk ae:ave af:afr ak:aka am:amh an:arg ar:ara as:asm av:ava ay:aym az:aze ba:bak be:bel bg:bul bh:bih " +
    "bi:bis bm:bam bn:ben bo:bod br:bre bs:bos ca:cat ce:che ch:cha co:cos cr:cre cs:ces cu:chu cv:chv cy:cym da:dan " +
    "de:deu dv:div dz:dzo ee:ewe el:ell en:eng eo:epo es:spa et:est eu:eus fa:fas ff:ful fi:fin fj:fij fo:fao fr:fra " +
    "fy:fry ga:gle gd:gla gl:glg gn:grn gu:guj gv:glv ha:hau he:heb hi:hin ho:hmo hr:hrv ht:hat hu:hun hy:hye hz:her " +
    "ia:ina id:ind ie:ile ig:ibo ii:iii ik:ipk io:ido is:isl it:ita iu:iku ja:jpn jv:jav ka:kat kg:kon ki:kik kj:kua " +
    "kk:kaz kl:kal km:khm kn:kan ko:kor kr:kau ks:kas ku:kur kv:kom kw:cor ky:kir la:lat lb:ltz lg:lug li:lim ln:lin " +
    "lo:lao lt:lit lu:lub lv:lav mg:mlg mh:mah mi:mri mk:mkd ml:mal mn:mon mr:mar ms:msa mt:mlt my:mya na:nau nb:nob " +
    "nd:nde ne:nep ng:ndo nl:nld nn:nno no:nor nr:nbl nv:nav ny:nya oc:oci oj:oji om:orm or:ori os:oss pa:pan pi:pli " +
    "pl:pol ps:pus pt:por qu:que rm:roh rn:run ro:ron ru:rus rw:kin sa:san sc:srd sd:snd se:sme sg:sag si:sin sk:slk " +
    "sl:slv sm:smo sn:sna so:som sq:sqi sr:srp ss:ssw st:sot su:sun sv:swe sw:swa ta:tam te:tel tg:tgk th:tha ti:tir " +
    "tk:tuk tl:tgl tn:tsn to:ton tr:tur ts:tso tt:tat tw:twi ty:tah ug:uig uk:ukr ur:urd uz:uzb ve:ven vi:vie vo:vol " +
    "wa:wln wo:wol xh:xho yi:yid yo:yor za:zha zh:zho zu:zul"
  )
    .split(" ")
    .map((pair) => [pair.slice(0, 2), pair.slice(3)] as const),
);

/** The ISO 639-2/T code of a BCP-47 tag: "pt-BR" is "por", "yue-HK" stays "yue"; "und" when there is none. */
export function threeLetterLanguage(languageTag: string): string {
  const primary = languageTag.split("-")[0]?.toLowerCase() ?? "";
  return threeLetterCodes.get(primary) ?? (/^[a-z]{3}$/.test(primary) ? primary : "und");
}

/** Codes QuickTime's own language list knows, as ffmpeg spells them; measured with 5.1, the others are lost without a word. */
const quickTimeCodes = new Set(
  (
    "alb amh ara arm asm aym aze baq bel ben bul bur cat ces chi dan dut dzo eng epo est fin fra geo ger gre grn guj heb " +
    "hin hun ice ind ita jav jpn kan kas kaz khm kin kir kor kur lao lat lav lit mac mal mar may mlg mlt mon nep nor nya " +
    "ori orm per pol por pus que ron run rus san sin slk slv snd som spa sve swa tam tat tel tgk tgl tha tib tir tuk tur " +
    "uig ukr urd uzb vie wel yid"
  ).split(" "),
);

/** Where that list has a language under another code, or only the wider one. */
const quickTimeAliases: Readonly<Record<string, string>> = {
  bod: "tib",
  cym: "wel",
  deu: "ger",
  ell: "gre",
  eus: "baq",
  fas: "per",
  fil: "tgl",
  hye: "arm",
  isl: "ice",
  kat: "geo",
  mkd: "mac",
  msa: "may",
  mya: "bur",
  nld: "dut",
  nno: "nor",
  nob: "nor",
  sqi: "alb",
  swe: "sve",
  zho: "chi",
};

/** The code a MOV can hold for a BCP-47 tag; undefined when QuickTime's list has none. */
export function quickTimeLanguage(languageTag: string): string | undefined {
  const code = threeLetterLanguage(languageTag);
  const own = quickTimeAliases[code] ?? code;
  return quickTimeCodes.has(own) ? own : undefined;
}

/** "Brazilian Portuguese" for "pt-BR"; the tag itself when it names no language. */
export function languageName(languageTag: string): string {
  const canonical = Intl.getCanonicalLocales(languageTag)[0] ?? languageTag;
  return new Intl.DisplayNames(["en"], { type: "language" }).of(canonical) ?? languageTag;
}
