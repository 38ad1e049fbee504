// What is said: random sentences from lists of everyday words, so that every sound meets every other.
import type { Random } from "../../../src/core/base/index.ts";

export const languages = [
  "en",
  "de",
  "fr",
  "es",
  "it",
  "pt-br",
  "pl",
  "nl",
  "sv",
  "cs",
  "fi",
  "ca",
  "ru",
  "hi",
] as const;
export type Language = (typeof languages)[number];

/** Plain letters wherever the synthesizer reads another encoding than UTF-8 (Czech, Finnish, Catalan of festival). */
const words: Readonly<Record<Language, string>> = {
  en: `papa mama baby bubble maybe people problem member bottom pepper public blame plum bump amber map tube hope
    five value river leave fever voice off half above every very often safe favour wave fish foot fire
    the this mother think both three bath truth there weather with nothing
    to take time today ten tell sit later right not never nine never see sun sister house rose busy does zero
    long light little low call well all tall lost red road carry sorry very around
    she shoe wash measure vision church much watch each judge jam bridge change machine
    go good give great keep cake come back book look king sing going young thing home hand who behind
    yes you yellow use we will water away want one when quiet
    see feel me team big sit give hit red head said many day name late wait bad hat man car heart far calm
    hot box dog law saw more door old snow boat no boot moon do blue could put foot her bird word turn
    cup love sun some about again boy noise toy now out down cow my high five eye`,
  de: `mama papa baum bibel probe lampe aber oben immer mehr müde über fünf viel voll wasser wie warum schön
    licht ich auch nacht tag stein zeit zwei ziel katze kirche leute heute haus maus neun freund frau brot rot
    grün gut blume sonne mond himmel morgen abend leben liebe sprechen schule tisch fisch jung ja nein bitte danke
    hören böse köln wort ort dort gehen sehen stehen kommen sommer winter fenster tür straße berg apfel`,
  fr: `maman papa bonjour bonsoir pomme bébé problème possible femme homme vin vent blanc vrai feu fille fleur
    lune rue tu vous nous jour joli rouge jaune chat chien cheval chaise oui non pain bon main demain matin
    eau beau gros mot faux peur heure soeur oeuf deux bleu monde ombre chambre livre lettre table parler venir
    savoir voir boire chose rose maison merci plaisir toujours jamais rien bien`,
  es: `mamá papá bueno beber pueblo problema primo ambos favor fuego feliz vida vino verde voz zapato cielo
    gracias zona dedo todo nada noche niño mañana año llave calle yo ya lluvia coche mucho leche rojo hijo gente
    jugar guerra agua luz mesa silla puerta ventana libro casa perro gato árbol flor hombre mujer amigo trabajo
    hablar comer dormir siempre nunca quizá porque cuando donde`,
  it: `mamma papa bambino bene problema prima amaro vino vita favore fuoco figlio gnocchi ogni sogno acqua
    casa cielo ciao luce pace scena pesce sciare giorno oggi gente zio pizza mezzo ragazzo strada treno latte letto
    tutto notte luna mare cuore fuori uomo donna amico libro tavolo finestra porta parlare venire sapere sempre mai
    forse perche quando dove piccolo grande bianco rosso verde`,
  "pt-br": `mamãe papai bom beber povo problema primo favor fogo feliz vida vinho verde voz chuva chave hoje
    gente janela já não mão pão coração amanhã manhã trabalho filho mulher homem amigo livro mesa porta rua luz sol
    água casa cachorro gato flor falar comer dormir sempre nunca talvez porque quando onde branco preto vermelho azul`,
  pl: `mama tata babcia problem prawda matka woda wino wiatr wieczór fala trawa dom dzień dobry noc rano jutro
    dzisiaj czas człowiek szkoła życie żona dziecko książka okno drzwi stół krzesło chleb mleko ryba kot pies drzewo
    kwiat biały czarny czerwony zielony mówić widzieć wiedzieć zawsze nigdy może kiedy gdzie`,
  nl: `mama papa boom baby probleem prima maar meer vijf vader vrouw vriend water weer wind huis muis deur
    keuken goed groot groen dag nacht morgen avond licht lucht school schip schoon jong ja nee boek zoek stoel tafel
    raam straat brood melk vis kat hond bloem wit zwart rood blauw spreken komen gaan altijd nooit misschien`,
  sv: `mamma pappa barn bord problem prata mer mycket fem far vän vatten vind väg hus mus dörr kök god stor grön
    dag natt morgon kväll ljus luft skola skepp skön ung ja nej bok sök stol bord fönster gata bröd mjölk fisk katt
    hund blomma vit svart röd blå tala komma alltid aldrig kanske när`,
  cs: `mama tata baba problem pravda matka voda vino vitr vecer fara trava dum den dobry noc rano zitra dnes doba
    clovek skola zena deti kniha okno dvere stul chleba mleko ryba kocka pes strom bily modry zeleny mluvit videt
    vedet jindy nikdy kdyz kde pole lampa pomoc bahno blato`,
  fi: `mamma pappa vauva piippu pommi maa meri vesi viini tuuli talo ovi ikkuna kaunis hyva suuri pieni paiva
    ilta aamu aika ihminen koulu elama nainen mies lapsi kirja kala kissa koira puu kukka musta punainen vihrea
    sininen puhua tulla menna aina koskaan ehka kun missa lumi sade jarvi mummo loppu kaappi tuomi`,
  ca: `mare pare bon dia problema primer ambre vi vida foc favor casa cel llum lluna pluja jove metge xoc peix
    caixa any muntanya aigua nit tarda mati temps home dona amic llibre porta finestra carrer pa llet gat gos arbre
    flor blanc negre verd blau parlar venir sempre mai potser quan on`,
  ru: `мама папа баба вода вино ветер вечер фара трава дом день добрый ночь утро завтра сегодня время человек
    школа жизнь жена дети книга окно дверь стол хлеб молоко рыба кошка собака дерево белый синий зеленый говорить
    видеть знать всегда никогда может когда где шапка чай щука журнал юбка яма объем пламя`,
  hi: `माँ पापा पानी बात बाबा मकान फल वह दिन रात समय आदमी औरत बच्चा किताब खिड़की दरवाज़ा रोटी दूध मछली बिल्ली पेड़
    फूल सफ़ेद काला लाल हरा नीला बोलना देखना हमेशा कभी शायद कब कहाँ जीवन शहर नमस्ते भूमि अंबर`,
};

const lists = new Map(languages.map((language) => [language, words[language].split(/\s+/u)]));

/** Sentences of 4 to 9 words with a comma here and there, `wordCount` words in all. */
export function drawText(random: Random, language: Language, wordCount: number): string {
  const list = lists.get(language) ?? [];
  const sentences: string[] = [];
  for (let left = wordCount; left > 0;) {
    const length = Math.min(left, 4 + Math.floor(random.uniform() * 6));
    const picked = Array.from({ length }, (_, place) => {
      const word = list[Math.floor(random.uniform() * list.length)] ?? "";
      return place > 1 && place < length - 2 && random.uniform() < 0.18 ? `${word},` : word;
    });
    sentences.push(`${picked.join(" ")}.`);
    left -= length;
  }
  return sentences.join(" ");
}
