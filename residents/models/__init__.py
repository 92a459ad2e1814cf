from residents.models.households import Household
from residents.models.people import Belonging, Person
from residents.models.visits import Visit

__all__ = ["Belonging", "Household", "Person", "Visit"]
