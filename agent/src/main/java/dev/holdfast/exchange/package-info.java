/**
 * The course of a call between the clients and {@code call} and {@code fallback}: what every client needs and none may
 * do in its own way.
 */
@NullMarked
package dev.holdfast.exchange;

import org.jspecify.annotations.NullMarked;
