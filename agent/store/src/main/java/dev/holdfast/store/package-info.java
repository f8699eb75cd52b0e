/** The shared store on Redis, by way of Jedis. Loaded where the configuration names a store, and only then. */
@NullMarked
package dev.holdfast.store;

import org.jspecify.annotations.NullMarked;
