/** Whole programs, without and with the agent, and what takes too long for every build. */
@NullMarked
package wild;

import org.jspecify.annotations.NullMarked;
