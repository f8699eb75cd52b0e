/**
 * The same few hundred calls in a JVM without the agent, with an agent that no host concerns, and with one whose policy
 * never needs to act: nothing that a program or a server can observe may differ.
 */
@NullMarked
package dev.holdfast.differential;

import org.jspecify.annotations.NullMarked;
