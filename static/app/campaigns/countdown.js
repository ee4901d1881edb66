// Counts down between two answers of the server, which alone knows when sending starts.
setInterval(() => {
  for (const element of document.querySelectorAll("[data-countdown]")) {
    const seconds = Math.max(0, Number(element.dataset.countdown) - 1);
    element.dataset.countdown = seconds;
    element.textContent = seconds;
  }
}, 1000);
