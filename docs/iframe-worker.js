/* Browsers start no worker for a page that is read from a disk, and search is one. There it runs in
   an empty frame instead, which is given the two things that a worker has: messages to and fro, and
   scripts that it loads one after the other. Served pages keep their worker. */
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(address) {
      super();
      this.waiting = [];
      this.onmessage = null;
      const frame = document.createElement("iframe");
      frame.hidden = true;
      frame.title = "Search";
      document.body.append(frame);
      this.inside = frame.contentWindow;
      this.equip();
      this.load([address]).then(() => {
        const waiting = this.waiting;
        this.waiting = null;
        waiting.forEach((message) => this.postMessage(message));
      });
    }

    equip() {
      this.inside.postMessage = (data) => {
        const said = new MessageEvent("message", { data });
        if (this.onmessage) this.onmessage(said);
        this.dispatchEvent(said);
      };
      this.inside.importScripts = (...addresses) => this.load(addresses);
    }

    async load(addresses) {
      for (const address of addresses) {
        await new Promise((done, failed) => {
          const script = this.inside.document.createElement("script");
          Object.assign(script, { src: String(address), onload: done, onerror: failed });
          this.inside.document.body.append(script);
        });
      }
    }

    postMessage(data) {
      if (this.waiting) this.waiting.push(data);
      else this.inside.dispatchEvent(new MessageEvent("message", { data }));
    }

    terminate() {}
  };
}
