/**
 * Runs the programs that use client libraries, without and with the agent, and compares what they and the service saw.
 */
@NullMarked
package compat;

import org.jspecify.annotations.NullMarked;
