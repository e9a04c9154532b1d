// The page of the knowledge base: what the arrows come to is read beside the list, Enter opens its page.
import { byId, show } from "./dom.js";
import { knowledgeSearch, showArticle } from "./knowledge.js";
import { start } from "./shell.js";

let wanted = "";
knowledgeSearch(byId("knowledge-query"), byId("knowledge-results"), {
  status: byId("knowledge-status"),
  choose: async ({ slug }) => {
    wanted = slug;
    const place = document.createElement("div");
    if (await showArticle(slug, place) && wanted === slug) byId("reader").replaceChildren(...place.childNodes);
  },
  searching: (active) => show(byId("shelves"), !active),
});
byId("knowledge-query").focus();
document.querySelector("#shelves [aria-current]")?.scrollIntoView({ block: "nearest" });
start("knowledge");
