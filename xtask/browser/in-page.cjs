// What is asked inside a page. Each function is sent to it as text, so that it uses nothing from outside.
"use strict";

// What is wrong with the pictures: texts that leave their boxes, meet, or are hard to read; wires likewise.
exports.drawn = () => {
  const faults = [];
  const number = (color) => (color.match(/[\d.]+/g) || []).slice(0, 3).map(Number);
  const light = (color) => {
    const [r, g, b] = number(color).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  };
  const background = document.querySelector(".bg");
  const paper = background ? getComputedStyle(background).fill : getComputedStyle(document.body).backgroundColor;
  const roots = document.documentElement.matches("svg") ? [document.documentElement] : document.querySelectorAll("svg");
  for (const svg of roots) {
    if (svg.getBoundingClientRect().width === 0) continue;
    const boxes = [...svg.querySelectorAll("rect.x")].map((box) => ({ at: box.getBoundingClientRect(), fill: getComputedStyle(box).fill }));
    const texts = [...svg.querySelectorAll("text")].map((text) => ({ text, at: text.getBoundingClientRect() }));
    for (const { text, at } of texts) {
      const middle = [at.left + 1, (at.top + at.bottom) / 2];
      const box = boxes.find((box) => box.at.left <= middle[0] && middle[0] <= box.at.right && box.at.top <= middle[1] && middle[1] <= box.at.bottom);
      if (box && at.right > box.at.right + 0.5) faults.push(`a text leaves its box: ${text.textContent}`);
      const ratio = contrast(getComputedStyle(text).fill, box ? box.fill : paper);
      if (ratio < 4.5) faults.push(`contrast ${ratio.toFixed(2)}: ${text.textContent}`);
    }
    for (let one = 0; one < texts.length; one += 1) {
      for (let other = one + 1; other < texts.length; other += 1) {
        const [a, b] = [texts[one].at, texts[other].at];
        const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        // Lines of letters have room above and below them.
        const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) - 3;
        if (wide > 0.5 && high > 0.5) faults.push(`texts meet: ${texts[one].text.textContent} | ${texts[other].text.textContent}`);
      }
    }
    for (const wire of svg.querySelectorAll("path.w")) {
      const ratio = contrast(getComputedStyle(wire).stroke, paper);
      if (ratio < 3) faults.push(`contrast of a wire ${ratio.toFixed(2)}`);
    }
  }
  return faults;
};

// Numbers every control that can be seen, and says how many there are.
exports.mark = () => {
  const controls = [...document.querySelectorAll("a[href],button,input,select,summary,[tabindex='0']")].filter((control) => control.checkVisibility());
  controls.forEach((control, at) => { control.dataset.reach = String(at); });
  return controls.length;
};
