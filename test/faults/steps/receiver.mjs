// A receiver as a process of its own, that can be killed like one: it stores each request (a line of JSON, synced), and
// then answers. Arguments: its port, the file, and the step at which it kills itself, once: "before it stores",
// "before it answers", "after it answered".
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { createServer } from "node:http";

const [port, path, dieAt] = process.argv.slice(2);
const file = openSync(path, "a");

function reach(step) {
  if (step === dieAt) {
    closeSync(file);
    process.kill(process.pid, "SIGKILL");
  }
}

const server = createServer((req, res) => {
  const chunks = [];
  req.on("data", (chunk) => chunks.push(chunk));
  req.on("end", () => {
    const body = Buffer.concat(chunks).toString("utf8");
    reach("before it stores");
    writeSync(file, `${JSON.stringify({ path: req.url, headers: req.headers, body })}\n`);
    fsyncSync(file);
    reach("before it answers");
    res.on("close", () => reach("after it answered"));
    res.writeHead(req.url === "/signals" ? 202 : 200).end();
  });
});
server.listen(Number(port), "127.0.0.1", () => process.stdout.write("ready\n"));
