/** The demo, tested as a stranger runs it. */
@NullMarked
package demo;

import org.jspecify.annotations.NullMarked;
