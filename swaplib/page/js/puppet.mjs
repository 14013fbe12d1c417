// The puppet: a face in a camera or a movie moves the sliders. Loaded on request only.
export async function puppet() {}
