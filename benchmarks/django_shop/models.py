"""The four tables of the shop."""

from django.db import models


class Category(models.Model):
    name = models.CharField(max_length=40, unique=True)

    class Meta:
        """How the table is called."""

        verbose_name_plural = "categories"

    def __str__(self):
        return self.name


class Customer(models.Model):
    name = models.CharField(max_length=40)
    email = models.CharField(max_length=60, blank=True)
    town = models.CharField(max_length=40, blank=True)
    active = models.BooleanField(default=False)

    def __str__(self):
        return self.name


class Product(models.Model):
    name = models.CharField(max_length=40)
    price = models.IntegerField(default=1)
    stock = models.IntegerField(default=0)
    category = models.ForeignKey(Category, on_delete=models.CASCADE)

    def __str__(self):
        return self.name


class Order(models.Model):
    number = models.CharField(max_length=20)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    product = models.ForeignKey(Product, on_delete=models.CASCADE)
    paid = models.BooleanField(default=False)

    def __str__(self):
        return self.number
