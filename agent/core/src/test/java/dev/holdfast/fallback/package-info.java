/** Tests of the fallback strategies. */
package dev.holdfast.fallback;
