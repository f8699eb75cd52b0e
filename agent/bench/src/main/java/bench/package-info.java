/**
 * Measures the cost of Holdfast, as ratios and differences within one run: {@link bench.Benchmarks} runs all of it. No
 * part of the ordinary build.
 */
package bench;
