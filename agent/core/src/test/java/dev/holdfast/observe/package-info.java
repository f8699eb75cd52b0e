/** Tests of what is seen from outside. */
package dev.holdfast.observe;
