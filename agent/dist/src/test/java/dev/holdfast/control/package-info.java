/**
 * The figures that Holdfast shows, held against what a program and its server counted, without Holdfast and with it.
 */
package dev.holdfast.control;
