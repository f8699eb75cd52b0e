/** Proves that libraries in the class loaders of applications are woven, by one that exists for these tests alone. */
@NullMarked
package dev.holdfast.toy;

import org.jspecify.annotations.NullMarked;
