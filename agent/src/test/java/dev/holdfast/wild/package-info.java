/**
 * The packed agent in JVMs as they are found in the wild: odd runtimes, odd command lines, programs that come and go. What
 * needs a download or a long run is in the module {@code wild} instead.
 */
@NullMarked
package dev.holdfast.wild;

import org.jspecify.annotations.NullMarked;
