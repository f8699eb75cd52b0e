/**
 * Holdfast's meters: one catalogue, filled from a snapshot whenever somebody looks, and handed to Prometheus' text
 * formats or to a registry of Micrometer. Nothing here counts, and nothing of it is loaded before somebody looks.
 */
@NullMarked
package dev.holdfast.observe.meters;

import org.jspecify.annotations.NullMarked;
