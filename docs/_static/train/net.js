"use strict";
// The tutorial's net and its training: 34 inputs, a hidden layer of 34 with ReLU, one sigmoid; binary
// cross-entropy, and SGD with momentum. All that a worker needs is inside of one function, because
// the page makes the worker from the text of that function.

const Net = () => {
  const [INPUTS, HIDDEN] = [34, 34];
  // The weights of a run are one array: those of the hidden layer, input by input, and its biases;
  // those of the output, and its bias. They are float32, so that they overflow where those of Keras do.
  const BIASES = INPUTS * HIDDEN;
  const OUTPUT = BIASES + HIDDEN;
  const WEIGHTS = OUTPUT + HIDDEN + 1;
  const [MOMENTUM, BATCH, EPOCHS, HELD_OUT] = [0.8, 28, 50, 116];
  const EPSILON = 1e-7; // Keras cuts probabilities off at this distance from 0 and from 1

  // Training -----------------------------------------------------------------------------------

  const hidden = new Float64Array(HIDDEN);
  const gradient = new Float64Array(WEIGHTS);

  // Return the probability that a row is of class 1, and keep what the hidden layer makes of it.
  function forward(weights, x, row) {
    for (let j = 0; j < HIDDEN; j++) hidden[j] = weights[BIASES + j];
    for (let i = 0; i < INPUTS; i++) {
      const input = x[row * INPUTS + i];
      for (let j = 0; j < HIDDEN; j++) hidden[j] += input * weights[i * HIDDEN + j];
    }
    let logit = weights[OUTPUT + HIDDEN];
    for (let j = 0; j < HIDDEN; j++) {
      hidden[j] = hidden[j] < 0 ? 0 : Math.fround(hidden[j]); // NaN stays
      logit += Math.fround(hidden[j] * weights[OUTPUT + j]);
    }
    return 1 / (1 + Math.exp(-logit));
  }

  // Add the gradient of the loss of a row; error is its derivative by the logit.
  function backward(weights, x, row, error) {
    gradient[OUTPUT + HIDDEN] += error;
    for (let j = 0; j < HIDDEN; j++) {
      gradient[OUTPUT + j] += error * hidden[j];
      hidden[j] = hidden[j] > 0 ? error * weights[OUTPUT + j] : 0; // from here on, its derivative
      gradient[BIASES + j] += hidden[j];
    }
    for (let i = 0; i < INPUTS; i++) {
      const input = x[row * INPUTS + i];
      for (let j = 0; j < HIDDEN; j++) gradient[i * HIDDEN + j] += input * hidden[j];
    }
  }

  // Measure the loss and the accuracy of some rows; with a rate for each batch, train on them.
  function pass({ weights, velocity }, { x, y }, rows, rates) {
    let [loss, right] = [0, 0];
    for (let start = 0; start < rows.length; start += BATCH) {
      const end = Math.min(start + BATCH, rows.length);
      if (rates) gradient.fill(0);
      for (let k = start; k < end; k++) {
        const row = rows[k];
        const p = forward(weights, x, row);
        const cut = Math.min(Math.max(p, EPSILON), 1 - EPSILON);
        loss -= Math.log(y[row] ? cut : 1 - cut);
        right += p > 0.5 === (y[row] === 1);
        if (rates) backward(weights, x, row, p === cut ? p - y[row] : 0);
      }
      if (!rates) continue;
      const scale = rates[start / BATCH] / (end - start);
      for (let k = 0; k < WEIGHTS; k++) {
        velocity[k] = MOMENTUM * velocity[k] - scale * gradient[k];
        weights[k] += velocity[k];
      }
    }
    return [loss / rows.length, right / rows.length];
  }

  // Train under each schedule with each seed. A schedule is the list of its rates, one for each
  // update; a seed is {weights, order, validation}: initial weights, a function from an epoch to the
  // order of the training rows, and the rows for validation. After each epoch, yield the values of
  // each metric, schedule by schedule and seed by seed.
  function* study(data, schedules, seeds, epochs = EPOCHS) {
    const runs = schedules.map(() =>
      seeds.map(({ weights }) => ({
        weights: Float32Array.from(weights),
        velocity: new Float32Array(WEIGHTS),
      })),
    );
    for (let epoch = 0; epoch < epochs; epoch++) {
      const orders = seeds.map(({ order }) => order(epoch));
      const steps = Math.ceil(orders[0].length / BATCH);
      const logs = { loss: [], accuracy: [], val_loss: [], val_accuracy: [] };
      schedules.forEach((rates, i) => {
        const now = rates.slice(epoch * steps, (epoch + 1) * steps);
        for (const values of Object.values(logs)) values.push([]);
        seeds.forEach(({ validation }, j) => {
          [logs.loss[i][j], logs.accuracy[i][j]] = pass(runs[i][j], data, orders[j], now);
          [logs.val_loss[i][j], logs.val_accuracy[i][j]] = pass(runs[i][j], data, validation);
        });
      });
      yield logs;
    }
  }

  // What a seed fixes --------------------------------------------------------------------------

  // Return a function that draws numbers from 0 to 1: the generator sfc32 of Chris Doty-Humphrey.
  function generator(seed, stream) {
    let [a, b, c, count] = [seed, stream, 0, 1];
    const draw = () => {
      const sum = (a + b + count++) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + sum) | 0;
      return (sum >>> 0) / 2 ** 32;
    };
    for (let i = 0; i < 16; i++) draw(); // until every bit depends on the seed
    return draw;
  }

  function permuted(items, draw) {
    const found = [...items];
    for (let i = found.length - 1; i > 0; i--) {
      const j = Math.floor(draw() * (i + 1));
      [found[i], found[j]] = [found[j], found[i]];
    }
    return found;
  }

  // Return initial weights, with biases of 0: Keras' default, "glorot", or "normal" with a standard
  // deviation of 0.05, as in the tutorial.
  function initial(kind, draw) {
    const uniform = (inputs, outputs) => (2 * draw() - 1) * Math.sqrt(6 / (inputs + outputs));
    const normal = () => 0.05 * Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
    const drawn = kind === "normal" ? normal : uniform;
    const weights = new Float32Array(WEIGHTS);
    for (let k = 0; k < BIASES; k++) weights[k] = drawn(INPUTS, HIDDEN);
    for (let k = OUTPUT; k < OUTPUT + HIDDEN; k++) weights[k] = drawn(HIDDEN, 1);
    return weights;
  }

  // Return what a seed fixes for all schedules: initial weights, the order of the batches, and a
  // random split that keeps the proportions of the classes.
  function drawn(y, seed, kind) {
    const draw = generator(seed, 0);
    const rows = permuted(Array.from(y, (_, row) => row), draw);
    const ones = rows.filter((row) => y[row] === 1);
    const zeros = rows.filter((row) => y[row] !== 1);
    const held = Math.round((HELD_OUT * ones.length) / rows.length);
    const train = [...ones.slice(held), ...zeros.slice(HELD_OUT - held)];
    return {
      weights: initial(kind, generator(seed, 1)),
      validation: [...ones.slice(0, held), ...zeros.slice(0, HELD_OUT - held)],
      order: (epoch) => permuted(train, generator(seed, 2 + epoch)),
    };
  }

  const updates = (rows) => EPOCHS * Math.ceil((rows - HELD_OUT) / BATCH);

  return { study, drawn, updates, EPOCHS };
};
