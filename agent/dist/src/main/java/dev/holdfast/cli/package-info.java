/**
 * The command line: {@code java -jar holdfast-agent.jar ...}. One class a command, which reads its arguments and shows;
 * what it shows is worked out in {@code config} and {@code observe}. None of it is loaded in a program under the agent.
 */
@NullMarked
package dev.holdfast.cli;

import org.jspecify.annotations.NullMarked;
