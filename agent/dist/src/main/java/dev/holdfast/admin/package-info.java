/**
 * The HTTP endpoint for operators: the live page, its data, and what a Prometheus server collects. Off unless asked
 * for.
 */
@NullMarked
package dev.holdfast.admin;

import org.jspecify.annotations.NullMarked;
