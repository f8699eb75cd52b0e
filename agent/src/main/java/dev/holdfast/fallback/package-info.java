/**
 * What the application gets when nothing else helped: kept answers, written answers, another origin, and their chain.
 */
@NullMarked
package dev.holdfast.fallback;

import org.jspecify.annotations.NullMarked;
