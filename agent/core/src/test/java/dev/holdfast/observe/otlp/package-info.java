/** Tests of the push of meters. */
package dev.holdfast.observe.otlp;
