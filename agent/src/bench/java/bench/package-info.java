/**
 * What Holdfast costs, as ratios and differences within one run: {@link bench.Benchmarks} runs all of it. No part of
 * the ordinary build.
 */
package bench;
