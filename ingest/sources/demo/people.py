"""The people of the simulated floor: a dozen agents, and customers from many places, some of whom come back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ingest.sources.demo.dice import dice

NUM_CUSTOMERS = 4800
NUM_FAMILIAR = 60  # conversations a day that a returning customer may come from: fewer than a quiet Sunday has

# Given names and family names that go together, and the languages their bearers may write in.
NAMES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Emma James Charlotte Oliver Grace Henry Lucy Thomas Alice Samuel", "Wright Hughes Bennett Carter Foster Ward Ellis Marsh",
     ("en-GB",)),
    ("Madison Tyler Hannah Marcus Brooke Jordan Denise Walter Naomi Curtis",
     "Johnson Miller Brooks Hayes Coleman Reed Sanders Price", ("en-US",)),
    ("Aarav Priya Rohan Ananya Vikram Meera Arjun Kavya Sanjay Divya", "Sharma Iyer Patel Nair Gupta Reddy Menon Joshi",
     ("en-IN",)),
    ("Sofía Mateo Valentina Diego Camila Javier Lucía Andrés Elena Pablo",
     "García Hernández Torres Ramírez Morales Vargas Castillo Ortega", ("en-US", "es-MX", "en-US")),
    ("Ana João Beatriz Rafael Larissa Thiago Inês Bruno Helena Caio",
     "Silva Souza Oliveira Pereira Almeida Ferreira Costa Ribeiro", ("en-US", "pt-BR", "en-US")),
    ("Wei Mei Jun Xiu Hao Lin Yan Bo Jing Tao", "Chen Wang Zhang Liu Huang Zhao Wu Zhou", ("en-US",)),
    ("Yuki Haruto Sakura Ren Aiko Kenji Hana Takumi Emi Daichi", "Tanaka Sato Suzuki Watanabe Ito Nakamura Kobayashi Mori",
     ("en-US",)),
    ("Amina Omar Layla Yusuf Fatima Khalid Noor Hassan Salma Tariq", "Rahman Haddad Khan Mansour Aziz Farouk Saleh Nasser",
     ("en-GB",)),
    ("Chidi Ngozi Emeka Adaeze Tunde Folake Obinna Yewande Ifeoma Segun",
     "Okafor Adeyemi Eze Balogun Nwosu Okonkwo Afolabi Obi", ("en-GB",)),
    ("Lena Jonas Klara Felix Marie Lukas Greta Paul Ida Moritz", "Müller Schneider Weber Fischer Becker Wagner Koch Richter",
     ("en-GB",)),
    ("Zofia Jakub Maja Piotr Hanna Tomasz Alicja Marek Ewa Adam",
     "Nowak Mazur Wójcik Kaczmarek Adamczyk Zając Duda Lis", ("en-GB",)),
    ("Camille Hugo Léa Antoine Manon Julien Chloé Louis Élodie Théo",
     "Martin Dubois Laurent Moreau Girard Lefèvre Roux Fontaine", ("en-GB",)),
    ("Minh Linh Tuan Thao Duc Huong Khanh Lan Phuc Mai", "Nguyen Tran Le Pham Hoang Vu Dang Bui", ("en-US",)),
    ("Min-jun Seo-yeon Ji-ho Ha-eun Dong-hyun Soo-jin Tae-yang Eun-ji Hyun-woo Yu-na", "Kim Lee Park Choi Jung Kang Yoon Lim",
     ("en-US",)),
    ("Astrid Erik Freja Lars Ingrid Mikkel Saga Nils Sanna Anders",
     "Lindqvist Hansen Nilsson Berg Dahl Johansson Holm Virtanen", ("en-GB",)),
    ("Aroha Tane Moana Wiremu Leilani Sione Mele Koa Anahera Rawiri", "Ngata Parata Tuilagi Fonoti Kealoha Walker Taufa Harris",
     ("en-AU",)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who writes or calls."""

    customer_id: str
    name: str
    locale: str

    @property
    def given_name(self) -> str:
        """What an agent calls them."""
        return self.name.split(" ")[0]


@dataclass(frozen=True, slots=True)
class Agent:
    """A person who answers, in the queues named by their handoff topics."""

    agent_id: str
    name: str
    topics: tuple[str, ...]

    def account(self) -> dict[str, Any]:
        """The account an agent's messages come from."""
        return {"id": self.agent_id, "name": self.name, "role": "user"}


_BOTH = ("CreditCard", "HomeLoan")
AGENTS = (
    Agent("agent-01", "Priya Raman", ("CreditCard",)),
    Agent("agent-02", "Daniel Osei", ("CreditCard",)),
    Agent("agent-03", "Marta Kowalczyk", _BOTH),
    Agent("agent-04", "Liam Gallagher-Reid", ("CreditCard",)),
    Agent("agent-05", "Yara Haddad", ("CreditCard",)),
    Agent("agent-06", "Kenji Mori", _BOTH),
    Agent("agent-07", "Sofia Lindgren", ("HomeLoan",)),
    Agent("agent-08", "Tomás Rivera", ("HomeLoan",)),
    Agent("agent-09", "Grace Achieng", ("HomeLoan",)),
    Agent("agent-10", "Ben Whitlock", ("CreditCard",)),
    Agent("agent-11", "Hana Suzuki", ("HomeLoan",)),
    Agent("agent-12", "Elif Demir", _BOTH),
)
AGENTS_BY_TOPIC = {topic: tuple(agent for agent in AGENTS if topic in agent.topics) for topic in _BOTH}


@lru_cache(maxsize=NUM_CUSTOMERS)
def customer(number: int) -> Customer:
    """The customer of that number: the same person whenever they come."""
    rng = dice("customer", number)
    given, family, locales = NAMES[number % len(NAMES)]
    return Customer(f"cust-{number:04d}", f"{rng.choice(given.split())} {rng.choice(family.split())}", rng.choice(locales))


@lru_cache(maxsize=8192)
def customer_number(seed: int, day: int, index: int) -> tuple[int, bool]:
    """Who opens conversation `index` of `day`, and whether they were here within the week before."""
    rng = dice(seed, "who", day, index)
    draw, number, days, back = rng.random(), rng.randrange(NUM_CUSTOMERS), rng.randint(1, 6), rng.randrange(NUM_FAMILIAR)
    if draw < 0.11:
        return customer_number(seed, day - days, back)[0], True
    return number, False
