/** What the meters say, and what saying it costs. */
package dev.holdfast.observe.meters;
