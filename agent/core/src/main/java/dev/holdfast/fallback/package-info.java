/** The fallbacks of calls that failed: cached responses, static responses, an alternate origin, and their chain. */
@NullMarked
package dev.holdfast.fallback;

import org.jspecify.annotations.NullMarked;
