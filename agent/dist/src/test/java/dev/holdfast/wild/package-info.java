/**
 * The packed agent in JVMs as they are found in the wild: odd runtimes, odd command lines, programs that come and go.
 * {@code docs/wild.md} lists what was tried, there and by hand.
 */
@NullMarked
package dev.holdfast.wild;

import org.jspecify.annotations.NullMarked;
