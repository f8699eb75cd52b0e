/** Runs the shop program without and with the agent, and compares what program and server saw. */
@NullMarked
package demo;

import org.jspecify.annotations.NullMarked;
