"""Reading every book of the relational store on its own, and mending what has one right answer."""
