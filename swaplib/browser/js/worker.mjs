// A worker: a desk that answers messages, each with the number of its order.
import {Desk} from "./desk.mjs";

const desk = new Desk();
self.onmessage = async ({data: {id, order}}) => {
  try {
    const answer = await desk.take(order);
    self.postMessage({id, answer}, {transfer: answer?.buffer ? [answer.buffer] : []});
  } catch (error) {
    self.postMessage({id, error: String(error)});
  }
};
