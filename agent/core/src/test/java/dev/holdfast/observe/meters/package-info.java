/** Tests the values of the meters, and the cost of reading them. */
package dev.holdfast.observe.meters;
