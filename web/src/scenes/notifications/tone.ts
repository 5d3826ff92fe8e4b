const SECONDS = 0.35

/** Plays two soft notes. Browsers stay silent in a tab in which the user has not clicked yet. */
export function playTone(): void {
  const audio = new AudioContext()
  const volume = audio.createGain()
  volume.gain.setValueAtTime(0.15, audio.currentTime)
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + SECONDS)
  volume.connect(audio.destination)
  for (const [n, hertz] of [660, 880].entries()) {
    const note = audio.createOscillator()
    note.frequency.value = hertz
    note.connect(volume)
    note.start(audio.currentTime + n * 0.12)
    note.stop(audio.currentTime + SECONDS)
    if (n === 1) note.onended = () => void audio.close()
  }
}
