/**
 * The known HTTP clients: one table of them, whether Holdfast covers them, and which of them carry calls in this JVM.
 * Uses the JDK alone.
 */
@NullMarked
package dev.holdfast.inventory;

import org.jspecify.annotations.NullMarked;
