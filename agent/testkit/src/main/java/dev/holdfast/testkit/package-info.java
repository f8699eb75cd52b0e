/** The foundation of the tests: a server that misbehaves on demand, addresses that cannot be reached, JVMs to fork. */
@NullMarked
package dev.holdfast.testkit;

import org.jspecify.annotations.NullMarked;
