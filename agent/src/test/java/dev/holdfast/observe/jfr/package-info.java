/** What flight recordings show. */
package dev.holdfast.observe.jfr;
