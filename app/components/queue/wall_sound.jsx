// The display's soft sound for a call, and its button. Whether it is wanted is remembered on this device.
import { useEffect, useRef, useState } from "react";
import { Volume2, VolumeX } from "lucide-react";
import { useT } from "$/public/words.js";

const KEY = "holdfast.wall.sound";
const GESTURES = ["click", "keydown"];

// Two soft tones, like a door bell in another room.
const ring = (audio) => {
  [[660, 0], [528, 0.35]].forEach(([pitch, after]) => {
    const tone = audio.createOscillator();
    const loudness = audio.createGain();
    const at = audio.currentTime + after;
    tone.type = "sine";
    tone.frequency.value = pitch;
    loudness.gain.setValueAtTime(0, at);
    loudness.gain.linearRampToValueAtTime(0.18, at + 0.04);
    loudness.gain.exponentialRampToValueAtTime(0.001, at + 0.9);
    tone.connect(loudness).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 1);
  });
};

const isWanted = () => {
  try {
    return window.localStorage.getItem(KEY) === "on";
  } catch {
    // Nothing is kept here: the sound is turned on anew each time.
    return false;
  }
};

const remember = (isOn) => {
  try {
    window.localStorage.setItem(KEY, isOn ? "on" : "off");
  } catch {
    // It then holds for this page only.
  }
};

// The browser's own sound, which it plays only after somebody has touched the page: `isReady` tells whether it would.
const useAudio = (isOn) => {
  const audio = useRef(null);
  const [isReady, setReady] = useState(false);
  useEffect(() => {
    if (!isOn) return undefined;
    audio.current ??= new AudioContext();
    const look = () => setReady(audio.current.state === "running");
    const wake = () => audio.current.resume().then(look, () => {});
    audio.current.addEventListener("statechange", look);
    GESTURES.forEach((name) => window.addEventListener(name, wake));
    wake();
    return () => {
      audio.current.removeEventListener("statechange", look);
      GESTURES.forEach((name) => window.removeEventListener(name, wake));
    };
  }, [isOn]);
  return [audio, isReady];
};

// A call is new when it did not stand there before: one that was taken back brings no sound for the one below it.
const useNewCall = (asOf, calls, tell) => {
  const before = useRef(null);
  useEffect(() => {
    if (!asOf) return;
    const marks = calls.filter((one) => one.number > 0).map((one) => `${one.number}/${one.calls}`);
    const isNew = before.current !== null && marks.length > 0 && !before.current.includes(marks[0]);
    before.current = marks;
    if (isNew) tell();
  }, [asOf]);
};

export function WallSound({ asOf, last, earlier }) {
  const t_ = useT();
  const [isOn, setOn] = useState(false);
  const [audio, isReady] = useAudio(isOn);
  useEffect(() => setOn(isWanted()), []);
  useNewCall(asOf, [last, ...earlier], () => isOn && isReady && ring(audio.current));
  const turn = () => {
    // Wanted, and only waiting for this touch.
    const isWaking = isOn && !isReady;
    const willBeOn = isWaking || !isOn;
    remember(willBeOn);
    setOn(willBeOn);
    if (!willBeOn) return;
    audio.current ??= new AudioContext();
    audio.current.resume().then(() => ring(audio.current), () => {});
  };
  const words = !isOn ? t_("Turn the sound on") : isReady ? t_("Sound is on") : t_("Touch here for the sound");
  const Icon = isOn && isReady ? Volume2 : VolumeX;
  return (
    <button type="button" className="wall-sound" data-waits={isOn && !isReady ? "" : undefined} onClick={turn}>
      <Icon aria-hidden="true" />
      {words}
    </button>
  );
}
