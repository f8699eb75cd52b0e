/** Tests the content of flight recordings. */
package dev.holdfast.observe.jfr;
