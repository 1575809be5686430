"""What Prometheus is told, a file for each subject; counts, times and sizes, never a word of a call.

labels        every label there is, and all that it may say
bounded       metrics that say nothing else
http          requests by route, and what was refused
jobs          attempts, how they ended, how long a conversation waited for its summary
leader        backlog and nights, by the one beat that leads
engines       what the engines of a worker do
quality       who wrote summaries, what became of the sentences, what people say of them
couriers      callbacks told, transcripts fetched
platforms     events that platforms send
money         what backends took
process       this process: its connections, its queue, its version
exposition    where Prometheus reads them

Names follow Prometheus: base units, `_total` for what only grows. Rates and shares are made where they are read.
"""
