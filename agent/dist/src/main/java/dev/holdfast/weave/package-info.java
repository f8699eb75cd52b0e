/**
 * Changes the bytecode of clients, and leads their woven methods to the adapters: those of the JDK through a class in
 * {@code java.base}, those of libraries through one loader for each copy.
 */
@NullMarked
package dev.holdfast.weave;

import org.jspecify.annotations.NullMarked;
