// Looks for a number whose SHA-256 with the challenge begins with enough zero bits, and sends the form with it.
// Without this script, or without crypto.subtle (plain http), the page asks for ten seconds of patience instead.
const form = document.querySelector("form[data-challenge]");
const encoder = new TextEncoder();

function hasZeroBits(digest, bits) {
  const whole = bits >> 3;
  for (let index = 0; index < whole; index++) if (digest[index] !== 0) return false;
  return bits % 8 === 0 || digest[whole] >> (8 - (bits % 8)) === 0;
}

async function work(challenge, bits) {
  for (let answer = 0; ; answer += 64) {
    const answers = Array.from({ length: 64 }, (_, offset) => answer + offset);
    const digests = await Promise.all(
      answers.map((each) => crypto.subtle.digest("SHA-256", encoder.encode(`${challenge}:${each}`))),
    );
    const found = digests.findIndex((digest) => hasZeroBits(new Uint8Array(digest), bits));
    if (found >= 0) return answers[found];
  }
}

if (form && globalThis.crypto?.subtle) {
  document.querySelector("#patience").hidden = true;
  document.querySelector("#working").hidden = false;
  form.elements.proof.value = await work(form.dataset.challenge, Number(form.dataset.bits));
  form.requestSubmit();
}
