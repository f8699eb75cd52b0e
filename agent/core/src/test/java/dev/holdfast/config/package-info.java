/** Tests of the configuration. */
@NullMarked
package dev.holdfast.config;

import org.jspecify.annotations.NullMarked;
