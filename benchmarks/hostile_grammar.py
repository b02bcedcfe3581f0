"""Units of code that make grammars slow, deep or hungry when they are repeated.

Most are beginnings without an end: what is opened is never closed. Any of them may end up in a
file of any language.
"""

from __future__ import annotations

import random

# One line each. `\0` becomes a number that differs from line to line.
_TEXT = r"""
"#{"#{ | "\(a "\( | "$(a "$( | "${a "${ | f"{f'{f" | `${`${ | $"{$@"{ | "{{"{{ | ~s(~S{~w[
%q(%Q{%w[ | <<A\0 | <<~"B\0" | <<-'C\0' | cat <<E\0 <<F\0 | <<<A\0 | R"a\0( | r#"a | $$a\0$
q{q(qw[ | ''' " | \"\"\" | /* /* | (* (* | {- {- | #| #| | --[[ --[==[ | =begin | <# <#
/** @a {@b | %{ | <!-- <!-- | <![CDATA[ | //\
"""
_TYPES = r"""
a<a< | A<A<A< | A<B,A<B, | Map<String,Map< | List<? extends List< | template<template<
template<class A, | vector<vector< | auto a->decltype(a( | int (*a)(int (* | typedef int (*(
int ((( | *(*(* | &'a mut &'a | dyn Fn( | impl Fn(impl Fn( | A extends A ? A : A extends
keyof typeof | {[a in keyof {[ | [[[[Int]? | (((a: Int) -> | a | b | | where A: B, A: B,
forall a. forall | a -> b -> a -> | (a, (b, (a, | interface{ interface{ | func(func(func(
chan<- chan | type A\0 = A\0 & | type 'a t\0 = ('a t, | struct { struct { | enum A\0 { enum B {
union { struct { | class A\0 { class B { | module A\0 = struct module | module type S = sig module
object A\0 { object | trait A\0 { def a: { | data A\0 = A { | class A\0 : A, A
class A\0(a: A = A( | record A\0(A a) { | protocol A\0 { func | @interface A\0 { | namespace A\0 {
"""
_CODE = r"""
a=>a=> | async a => async | (a)=>{(a)=>{ | x->x-> | \x -> \x -> | fn -> fn -> | fun() -> fun() ->
fun a -> fun | lambda a: lambda a: | |a| |a| | {a in {a in | { a -> { a -> | do |a| do |a|
do do do | begin begin | if a then if a then | if a {} else if a {} else | if(a)if(a)
for(;;)for(;;) | case a of a -> case | match a { A(A(A( => match | match a with A -> match
switch(a){case a: | when { a -> when { | cond do a -> cond do | try { try { | try: try:
loop { loop { | while a do while | a?b:a?b: | a??a?? | a||a&&a|| | a+a*-a+ | -!~-!~ | a.b().b().
a::b::<a:: | a[a[a[ | a(a(a( | a{a{a{ | ([{([{ | ((((a | [[[[1, | {{{{ | {a:{a: | {"a":{"a":
new A(new A( | A{A{A{a: | m!{m!( | #[a(a(#[ | @A(@A( | @a @b @c | let a = let a =
let rec a = a and a = | val a = val a | var a = function(){ | a = b = c = | a := a :=
(define (a (define | (let ((a (let ( | '('(`(,( | #(#[#{ | def a\0(def a( | def a\0: def
def self.a\0 = def | function a\0(){function | fn a\0() { fn a | func a\0() { func
sub a\0 { sub { | proc a\0 {} { proc | local function a\0() local | function a\0 { function
a\0() { a() { | a\0 <- function(x) function | int a\0(int b){ int | void A::a\0(){ struct
select (select ( | with a\0 as (select | create table a\0 ( create | $(call a,$(call | define A\0
if(a) if(b) | ${${${ | RUN <<E\0 | FROM a AS b\0 COPY | <a><b> | <a b={<a b={ | <a b="<a b="
{#if a}{#each | v-if="a" @b="${ | {% if a %}{% | <script><style> | <?php ?> <?php { | <% <%= %>
&a [*a, {? | ? ? ? - - - | :not(:is(: | a{b{c{ | @media a{@media | @include a{@include
calc(calc( | [![![ | > > * 1. | [a]: [a][ | *_**_* | #if A\0 | #define A\0(a) A\0(a) A(
#if A\0 && ( | #include <A\0
"""
UNITS = tuple(
    unit.strip()
    for table in (_TEXT, _TYPES, _CODE)
    for line in table.strip().splitlines()
    for unit in line.split(" | ")
    if unit.strip()
)
SIZES = (20_000, 120_000, 500_000)
WIDTHS = (1, 3, 40, 400)


def grammar_bomb(chance: random.Random) -> str:
    """One unit or two in turn, again and again: in short or long lines, in stairs, in one line."""
    units = chance.sample(UNITS, chance.choice((1, 1, 2)))
    width, size = chance.choice(WIDTHS), chance.choice(SIZES)
    stairs = chance.random() < 0.2
    lines: list[str] = []
    length = number = 0
    while length < size:
        unit = units[number % len(units)].replace(r"\0", str(number))
        line = " ".join([unit] * width)
        if stairs:
            line = " " * (number % 400) + line
        lines.append(line)
        length += len(line) + 1
        number += 1
    return chance.choice(("\n", "\n", "\n", " ", "\r\n")).join(lines)
